// Looks at the page as it is laid out, and leaves what is wrong with it in an element of its own.
(() => {
  const LEAST_FONT = 12, LEAST_CONTRAST = 4.5, SLACK = 0.5;
  const problems = [];
  const say = (what, element) => problems.push(`${what}: ${element.textContent.trim().slice(0, 60)}`);
  const texts = [...document.querySelectorAll("body *")].filter(e =>
    [...e.childNodes].some(n => n.nodeType === Node.TEXT_NODE && n.data.trim()) && e.localName !== "title");

  // Nothing leaves the page, but for tables in a box that scrolls by itself.
  if (document.documentElement.scrollWidth > innerWidth) problems.push("the page scrolls sideways");
  for (const e of document.querySelectorAll("body *")) {
    const box = e.getBoundingClientRect();
    if (box.width && !e.closest(".scroll *") && (box.left < -SLACK || box.right > innerWidth + SLACK)) {
      say("outside of the window", e);
    }
  }

  // Text can be read: it is large enough, and stands out from what is behind it.
  const numbers = color => color.match(/[\d.]+/g).map(Number);
  const luminance = color => {
    const [r, g, b] = numbers(color).map(c => (c /= 255) <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = e => {
    for (; e; e = e.parentElement) {
      const color = getComputedStyle(e).backgroundColor;
      if (numbers(color)[3] !== 0) return color;
    }
    return "rgb(255, 255, 255)";
  };
  for (const e of texts) {
    const style = getComputedStyle(e);
    if (parseFloat(style.fontSize) < LEAST_FONT) say(`of ${style.fontSize}`, e);
    const [low, high] = [luminance(e.closest("svg") ? style.fill : style.color), luminance(behind(e))].sort((a, b) => a - b);
    const contrast = (high + 0.05) / (low + 0.05);
    if (contrast < LEAST_CONTRAST) say(`of contrast ${contrast.toFixed(1)}`, e);
  }

  // In a plot, texts keep clear of one another and of its edges, and the axes have names.
  const plots = [...document.querySelectorAll("svg.plot")];
  for (const plot of plots) {
    const name = plot.getAttribute("aria-label"), frame = plot.getBoundingClientRect();
    if (Math.abs(frame.width - plot.viewBox.baseVal.width) > SLACK) problems.push(`${name}: is scaled to ${frame.width}`);
    const labels = [...plot.querySelectorAll("text")].map(e => [e, e.getBoundingClientRect()]);
    labels.forEach(([e, a], i) => {
      if (a.left < frame.left - SLACK || a.right > frame.right + SLACK || a.top < frame.top - SLACK
          || a.bottom > frame.bottom + SLACK) {
        say(`${name}: beyond the edge`, e);
      }
      for (const [other, b] of labels.slice(i + 1)) {
        if (a.left < b.right - SLACK && b.left < a.right - SLACK && a.top < b.bottom - 2 && b.top < a.bottom - 2) {
          say(`${name}: over ${other.textContent}`, e);
        }
      }
    });
    const titles = [...plot.querySelectorAll(".axis.title")].map(e => e.textContent.trim());
    const wanted = plot.querySelector("polyline") ? 2 : 1;
    if (titles.length !== wanted || titles.some(t => !t)) problems.push(`${name}: the axes are named ${titles}`);
    if (!/(ns|ms|bytes|ours)/.test(titles[0])) problems.push(`${name}: no unit in ${titles[0]}`);
  }

  const found = document.createElement("pre");
  found.id = "found";
  found.textContent = JSON.stringify({
    width: innerWidth,
    height: document.documentElement.scrollHeight,
    dark: matchMedia("(prefers-color-scheme: dark)").matches,
    plots: plots.length,
    texts: texts.length,
    resources: performance.getEntriesByType("resource").length,
    problems,
  });
  document.body.append(found);
})();
