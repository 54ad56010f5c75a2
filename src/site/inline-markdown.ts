import { createMarkdownProcessor } from '@astrojs/markdown-remark';
import cjkFriendly from 'remark-cjk-friendly';

interface MarkdownNode {
  type: string;
  children?: MarkdownNode[];
}

/** `/proc/<pid>/limits` is text, and no tag. */
function htmlAsText() {
  const visit = (node: MarkdownNode): void => {
    if (node.type === 'html') node.type = 'text';
    node.children?.forEach(visit);
  };
  return visit;
}

// Smart quotes and dashes would turn `--max-old-space-size` outside of backticks into another text.
const processor = createMarkdownProcessor({
  syntaxHighlight: false,
  smartypants: false,
  remarkPlugins: [cjkFriendly, htmlAsText],
});

/**
 * HTML of a short text of the YAML files: emphasis, `code` and links; tags are shown as text. A single paragraph comes without its `<p>`,
 * so that it fits into a heading, a summary or a table cell. Runs at build time only.
 */
export async function inlineMarkdown(text: string): Promise<string> {
  const { code } = await (await processor).render(text.trim());
  const html = code.trim();
  const only = /^<p>([\s\S]*)<\/p>$/.exec(html)?.[1];
  return only !== undefined && !only.includes('<p>') ? only : html;
}
