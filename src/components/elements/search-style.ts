import sheet from '../../styles/search.css?inline';

/** Styles the results of the search, which are in no page before it is opened. */
export function addSearchStyle(): void {
  const style = document.createElement('style');
  style.textContent = sheet;
  document.head.append(style);
}
