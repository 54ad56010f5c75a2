/** Finds what makes a page wider than its window. The function runs in the page, so it uses nothing from here. */

export interface Overflow {
  /** Such as "pre.astro-code" with the start of its text. */
  element: string;
  /** How far its edge is outside of the window, in CSS pixels. */
  by: number;
}

/**
 * Elements that stick out of the window to the right or left, the outermost of each branch. What scrolls or clips on its own does not
 * count, nor what a reader cannot see.
 */
export function findOverflow(): Overflow[] {
  const width = document.documentElement.clientWidth;
  const found: Overflow[] = [];
  const contains = (element: Element) => /auto|scroll|hidden|clip/.test(getComputedStyle(element).overflowX);
  const visit = (element: Element): void => {
    if (!element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) return;
    const { left, right, width: own } = element.getBoundingClientRect();
    const by = Math.max(right - width, -left);
    const fixed = getComputedStyle(element).position === 'fixed';
    if (own > 1 && by > 1 && !fixed) {
      const name = `${element.localName}${element.id ? `#${element.id}` : ''}${[...element.classList].map((one) => `.${one}`).join('')}`;
      found.push({ element: `${name} "${(element.textContent ?? '').trim().slice(0, 40)}"`, by: Math.round(by) });
      return;
    }
    if (fixed || (element !== document.body && contains(element))) return;
    for (const child of element.children) visit(child);
  };
  visit(document.body);
  const page = document.documentElement.scrollWidth - width;
  if (found.length === 0 && page > 0) found.push({ element: 'the page', by: page });
  return found;
}
