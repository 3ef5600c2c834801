// What a locator finds, as Playwright finds it: through open shadow roots, by CSS, role or label.
const TAGS = { button: "button", listbox: "select[multiple]", textbox: "input:not([type]), textarea" };

const seen = (element) => element.checkVisibility({ visibilityProperty: true });

function within(root, css) {
  const visible = css.match(/^(\S+):visible (.*)$/);
  if (visible) return within(root, visible[1]).filter(seen).flatMap((it) => within(it, visible[2]));
  const found = [...root.querySelectorAll(css)];
  const inside = [root, ...root.querySelectorAll("*")].map((it) => it.shadowRoot).filter(Boolean);
  return [...found, ...inside.flatMap((it) => within(it, css))];
}

// What is hidden from screen readers is no part of a name.
function spoken(node) {
  if (node.nodeType === Node.TEXT_NODE) return node.data;
  return node.ariaHidden === "true" ? "" : [...node.childNodes].map(spoken).join("");
}

function nameOf(element) {
  return (element.getAttribute("aria-label") ?? spoken(element)).replace(/\s+/g, " ").trim();
}

const STEPS = {
  css: (roots, css) => roots.flatMap((root) => within(root, css)),
  role: (roots, role, name) =>
    STEPS.css(roots, [`[role=${role}]`, TAGS[role]].filter(Boolean).join())
      .filter((it) => seen(it) && (name === null || nameOf(it) === name)),
  label: (roots, text) => {
    const has = (words) => words?.toLowerCase().includes(text.toLowerCase());
    const labelled = STEPS.css(roots, "[aria-label]").filter((it) => has(it.ariaLabel));
    return [...labelled, ...STEPS.css(roots, "label").filter((it) => has(it.innerText)).map((it) => it.control)];
  },
  nth: (roots, nth) => roots.slice(nth).slice(0, 1),
  last: (roots) => roots.slice(-1),
  text: (roots, text) => roots.filter((it) => it.innerText.includes(text)),
};

const found = (steps) => steps.reduce((roots, [kind, ...more]) => STEPS[kind](roots, ...more), [document]);

function theOne(steps) {
  const all = found(steps);
  if (all.length !== 1) throw new Error(`there are ${all.length} of ${JSON.stringify(steps)}`);
  return all[0];
}

const nextFrame = () => new Promise(requestAnimationFrame);

// Where a click would go, once the element is in sight, stands still, can be used, and is covered by nothing.
async function pointOf(element, place) {
  const { top, bottom } = element.getBoundingClientRect();
  if (top < 0 || bottom > innerHeight) element.scrollIntoView({ block: "center" });
  const before = element.getBoundingClientRect();
  await nextFrame();
  const { x, y, width, height } = element.getBoundingClientRect();
  if (before.x !== x || before.y !== y) throw new Error("it moves");
  if (element.disabled) throw new Error("it is disabled");
  const [across, down] = [x + (place?.x ?? width / 2), y + (place?.y ?? height / 2)];
  const at = element.getRootNode().elementFromPoint(across, down);
  if (!element.contains(at)) throw new Error(`covered by ${at?.outerHTML.slice(0, 200)}`);
  return [across, down];
}
