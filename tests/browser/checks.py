"""What is looked for in every page: scripts that run in it and give what is wrong, nothing where nothing is."""

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = """async tags => {
  document.querySelectorAll('details').forEach(one => { one.open = true; });
  const found = await axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']});
  return found.violations.flatMap(one => one.nodes.map(node =>
    `${one.id}: ${node.target.join(' ')}: ${node.failureSummary.replace(/\\s+/g, ' ')}`));
}"""
SMALL_TARGETS = """() => {
  const inSentence = link => [...link.parentElement.childNodes].some(
    node => node.nodeType === 3 && /[\\p{L}\\p{N}]{2}/u.test(node.data)) || link.closest('p') !== null;
  document.querySelectorAll('details').forEach(one => { one.open = true; });
  return [...document.querySelectorAll('a, button, input, select, textarea, summary')]
    .filter(one => one.type !== 'hidden' && one.checkVisibility({visibilityProperty: true}))
    .filter(one => !one.closest('.govuk-skip-link, .govuk-visually-hidden'))
    .map(one => [one, (one.closest('.govuk-pagination__item, .govuk-task-list__item') || one).getBoundingClientRect()])
    .filter(([one, box]) => box.width > 1 && (box.height < 24 || box.width < 24))
    .filter(([one]) => !(one.tagName === 'A' && inSentence(one)))
    .map(([one, box]) => `${one.outerHTML.slice(0, 120)} ${Math.round(box.width)} x ${Math.round(box.height)}`);
}"""
OVERFLOWING = """() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  return [...document.querySelectorAll('body *')].filter(one => one.getBoundingClientRect().right > width + 1)
    .map(one => one.outerHTML.slice(0, 120)).concat(['the page scrolls sideways']);
}"""
