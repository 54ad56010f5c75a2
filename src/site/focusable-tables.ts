import type { Element, Root } from 'hast';

/** A rehype plugin: a table that is wider than a phone scrolls in its own frame, so it can be reached and scrolled with the keyboard. */
export function focusableTables() {
  const visit = (node: Root | Element): void => {
    for (const child of node.children) {
      if (child.type !== 'element') continue;
      if (child.tagName === 'table') child.properties['tabIndex'] = 0;
      else visit(child);
    }
  };
  return (tree: Root): void => visit(tree);
}
