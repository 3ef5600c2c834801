// Views of the real front end, each fed by a model that says what a kernel would: every text there is, at once.
const packed = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
const NOW = Date.now();
// However long a test takes, nothing gets old and nothing leaves the chart: time stands still in `page/time.ts`.
Object.defineProperty(performance, "timeOrigin", { configurable: true, get: () => NOW - performance.now() });

class Model {
  constructor(traits, bundles) {
    Object.assign(this, { traits, bundles, heard: new Map(), sent: [] });
    this.widget_manager = { get_model: async () => ({ get: () => bundles[0] }) };
  }
  get(name) {
    return this.traits[name];
  }
  on(event, call) {
    this.heard.set(event, [...(this.heard.get(event) ?? []), call]);
  }
  off(event, call) {
    this.heard.set(event, (this.heard.get(event) ?? []).filter((each) => each !== call));
  }
  send(message) {
    this.sent.push(message);
    if (message.type === "bundle" && message.of === "panel") this.say({ type: "bundle", of: "panel" }, [this.bundles[1]]);
  }
  say(message, buffers = []) {
    for (const call of this.heard.get("msg:custom") ?? []) call(message, buffers);
  }
}

const CHANNELS = [["temperature", "°C"], ["humidity", "%"], ["light", "lx"]].map(([name, unit]) => ({ name, unit }));
const ok = (name, word) => ({ name, level: "ok", word });
const WELL = {
  version: 1, id: "alice-07", virtual: true, mode: "course", board: "Pico W", led: true, online: NOW - 60_000,
  interval: 1000, stale: 20_000, channels: CHANNELS,
  controls: [
    { name: "led", type: "switch", value: true }, { name: "brightness", type: "range", min: 0, max: 9, step: 1, value: 3 },
    { name: "glow", type: "color", value: "#2050ff" }, { name: "fan", type: "switch", value: true },
  ],
  limits: [{ channel: "temperature", low: 22.5, high: 24 }], trigger: null, blocked: null,
  lamps: [ok("Broker", "connected"), ok("Pico", "online"), ok("Data", "fresh"), ok("LED", "on")],
  trouble: null, next: null, notices: ["A click had to wait until your cell was over."], closed: null, recording: "Recorded to run.jsonl", replay: null,
};
const ILL = {
  ...WELL, virtual: false, mode: "pico", blocked: "The Pico went offline.", stale: 1000,
  lamps: [ok("Broker", "connected"), { name: "Pico", level: "bad", word: "offline" }, { name: "Data", level: "warn", word: "old" }, { name: "LED", level: "unknown", word: "unknown" }],
  trouble: "The Pico went offline.", next: "Is the board powered?", recording: null,
};
const REPLAY = { ...WELL, blocked: "A recording cannot be commanded.", replay: { speed: 10, speeds: [1, 10, 100], paused: false, ended: false, until: NOW + 60_000, length: 600_000, jumps: 0 } };
const MOMENTS = [[120_000, "command", "on"], [240_000, "failed", "off"], [300_000, "mark", "heater on"]];

const command = (kind, more) => ({ kind, id: kind, command: "on", click: null, ...more });
const EVENTS = {
  well: [command("sent"), { kind: "mark", mark: "m", text: "heater on" }, { ...command("answered", { latency: 83, certain: true, led: true }), id: "sent" }],
  ill: [command("sent"), { kind: "mark", mark: "m", text: "heater on" }, { ...command("unanswered", { after: 10_000 }), id: "sent" }],
};

/** News of rows and a state, with their buffers. */
function news(state, events, age = 0) {
  const readings = Array.from({ length: 40 }, (_, nth) => [NOW - age - 40_000 + 1000 * nth, 23 + Math.sin(nth / 4), 1 + (nth % 3)]);
  const rows = [...readings, ...events.map((_, nth) => [NOW - age - 900 + nth * 300, NaN, 0])];
  const column = (Kind, at) => Kind.from(rows, (row) => row[at]).buffer;
  const origin = (channel) => ({ channel, boot: "b", interval: 1000, virtual: state.virtual, replay: state.replay !== null });
  const origins = Object.fromEntries(CHANNELS.map(({ name }, nth) => [nth + 1, origin(name)]));
  const told = { first: 0, end: rows.length, floor: 0, origins, events: events.map((event, nth) => [readings.length + nth, event]) };
  const messages = { since: 0, first: 3, rows: MESSAGES };
  return [{ type: "news", now: NOW, played: 300_000, answer: true, state, rows: told, messages }, [column(Float64Array, 0), column(Float64Array, 1), column(Uint16Array, 2)]];
}

const MESSAGES = [
  [NOW - 3000, "subscribe", "alice-07/#", "", 0, 1, 1, false], [NOW - 2500, "in", "alice-07/status", "online", 6, 1, 1, true],
  [NOW - 2000, "out", "alice-07/cmd", '{"led":"on","experiment_id":"ab12"}', 35, 1, 1, false],
  [NOW - 1000, "in", "alice-07/ack", '{"experiment_id":"ab12"}', 24, 1, 1, false], [NOW - 900, "in", "alice-07/telemetry", '{"seq":7,"temperature":23.4}', 28, 1, 0, false],
];

const tile = (id, level, word, more) => ({
  id, led: true, at: NOW - 500, value: 23.4, unit: "°C", stale: 20_000, virtual: false, level, word, trouble: null, next: null, away: 0,
  spark: [1, 3, 2, 4], ...more,
});
const TILES = [
  tile("alice-07", "ok", "online"), tile("bob-08", "bad", "offline", { trouble: "The Pico went offline.", next: "Is it powered?", away: 3 }),
  tile("cy-09", "warn", "Data: old", { at: NOW - 60_000, stale: 10_000, led: null }), tile("dee-10", "unknown", "not heard yet", { led: false, value: null }),
];
const ROUND = { click: null, nth: 1, command: "on", asked: 4, answered: 3, pending: 0, missing: ["bob-08"] };
const HEAD = { searching: "class/+", round: ROUND, trouble: "The broker refuses the search.", next: "Ask for permission.", notices: ["More than 400 boards."], closed: null, channels: ["light", "temperature"], look: { order: "trouble", channel: null, more: true } };
const WALL = { type: "wall", now: NOW, from: 0, version: 1, tiles: TILES, head: HEAD, answer: true };

const recorded = (state) => ({ at: NOW, state, series: CHANNELS.map(({ name }) => ({ channel: name, times: [NOW - 2000, NOW - 1000], values: [23, 24] })) });

const step = (name, title, state, says = "") => ({ name, title, state, says });
const SETUP = {
  id: "alice-07", asks: true, broker: "broker.example:8883", kernel: true, running: false, reading: false, console: "ImportError: no module named 'mqtt_as'",
  trouble: "The board does not answer. Is another program at its port?",
  steps: [step("look", "Look at the board", "done", "Pico W, MicroPython 1.27"), step("write", "Write PicoPanel's files", "failed"), step("start", "Start it", "waits")],
};

/** Shows all of it under `document.body`; `code` has the loaders and the gzipped apps. */
async function gallery({ loader, wallLoader, setupLoader, app, wallApp, setupApp }) {
  const module = (source) => import(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
  const hosts = [await module(loader), await module(wallLoader), await module(setupLoader)];
  const bundles = [packed(app), packed(wallApp)];
  const places = {};
  const render = (name, { model, host }) => {
    const el = document.querySelector(".widgets").appendChild(document.createElement("section"));
    el.id = name;
    host.render({ model, el });
    return (places[name] = { el, model, host });
  };
  const panel = (name, traits = {}) => {
    const model = new Model({ _key: name, _assets: "", _state: null, _recorded: null, ...traits }, [bundles[0]]);
    const host = hosts[0].default();
    host.initialize({ model });
    return render(name, { model, host });
  };
  const hall = (of) => panel(`${of}-hall`, { _panel: "IPY_MODEL_p", _key: of });
  for (const name of ["well", "ill", "replay"]) {
    panel(name, { _moments: name === "replay" ? MOMENTS : [] });
    hall(name);
  }
  const state = { ...WELL, version: 0 };
  panel("recorded", { _state: state, _recorded: recorded(state) });
  const model = new Model({ _assets: "", _recorded: null }, [bundles[1], bundles[0]]);
  const host = hosts[1].default();
  host.initialize({ model });
  render("wall", { model, host });
  const setup = { model: new Model({ _assets: "", _key: "setup", _state: SETUP }, [packed(setupApp)]), host: hosts[2].default() };
  setup.host.initialize(setup);
  render("setup", setup);
  await until(() => document.querySelectorAll(".picopanel .card").length === 9);
  places.well.model.say(...news(WELL, EVENTS.well));
  places.ill.model.say(...news(ILL, EVENTS.ill, 5000));
  places.replay.model.say(...news(REPLAY, []));
  places.wall.model.say(WALL);
  await until(() => document.querySelectorAll(".js-plotly-plot .main-svg").length >= 14);
  return places;
}

async function until(look) {
  const end = performance.now() + 60_000;
  while (!look()) {
    if (performance.now() > end) throw new Error(`not so within a minute: ${look}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Opens a board of the wall, with the drawer of the first panel. */
async function openBoard() {
  const { wall, well } = window.places;
  wall.el.querySelector("[data-id='alice-07'] .id").click();
  await until(() => wall.el.querySelector(".place .card"));
  const say = (version) => {
    const [message, buffers] = news({ ...WELL, version }, EVENTS.well);
    wall.model.say({ type: "board", id: "alice-07", serial: 1, message }, buffers);
  };
  say(1);
  await until(() => wall.el.querySelector("summary"));
  wall.el.querySelector("summary").click();
  await until(() => wall.el.querySelector(".messages .none"));
  say(2);
  for (const { el } of [wall, well]) {
    await until(() => el.querySelectorAll(".listing .line").length > 2);
    el.querySelectorAll(".listing .line")[2].click();
    await until(() => el.querySelector(".copies button"));
  }
}

/** Puts every view into a state with all of its words. */
async function unfold({ well, ill, wall }) {
  await until(() => well.el.querySelector("summary"));
  well.el.querySelector("summary").click();
  await until(() => well.el.querySelector(".line, .messages .none"));
  well.model.say(...news({ ...WELL, version: 2 }, EVENTS.well));
  await until(() => well.el.querySelectorAll(".listing .line").length > 2);
  well.el.querySelectorAll(".listing .line")[2].click();
  await until(() => well.el.querySelector(".copies button"));
  [...well.el.querySelectorAll(".copies button")].at(-1).click();
  await until(() => well.el.querySelector(".messages textarea"));
  const hall = document.querySelector("#well-hall .card");
  hall.dispatchEvent(new KeyboardEvent("keydown", { key: "m", bubbles: true }));
  const root = hall.closest(".lecture");
  root.requestFullscreen = () => Promise.reject(new TypeError("as in a frame without that permission"));
  hall.querySelector(".whole").click();
  ill.el.querySelectorAll(".legend .tile")[1]?.click();
  await until(() => {
    wall.el.scrollIntoView(); // out of sight it draws nothing; the hall's field takes the page back to it once
    return wall.el.querySelector("[data-id='alice-07'] .pick");
  });
  wall.el.querySelector("[data-id='alice-07'] .pick").click();
  scrollTo(0, 0);
  await until(() => document.querySelector(".hint"));
  delete root.requestFullscreen;
}

const parse = (text) => {
  const [r, g, b, a = 1] = text.match(/-?[\d.]+(e-?\d+)?/g)?.map(Number) ?? [];
  return text.startsWith("color(srgb") ? [255 * r, 255 * g, 255 * b, a] : [r, g, b, a];
};
const mixed = ([r, g, b, a], under) => [r, g, b].map((each, nth) => each * a + under[nth] * (1 - a)).concat(1);
const light = ([r, g, b]) => {
  const [x, y, z] = [r, g, b].map((it) => (it / 255 <= 0.04045 ? it / 255 / 12.92 : ((it / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * x + 0.7152 * y + 0.0722 * z;
};
const ratio = (one, other) => (Math.max(light(one), light(other)) + 0.05) / (Math.min(light(one), light(other)) + 0.05);

/** What is seen behind an element: the grounds of all around it, up to the page's. */
function ground(element) {
  const up = [];
  for (let it = element; it; it = it.parentElement) up.unshift(parse(getComputedStyle(it).backgroundColor));
  const canvas = document.createElement("i");
  canvas.style.cssText = "position:absolute;background:Canvas;forced-color-adjust:none";
  document.documentElement.append(canvas);
  const first = parse(getComputedStyle(canvas).backgroundColor);
  canvas.remove();
  return up.reduce((under, each) => mixed(each, under), first);
}

const HOVERED = ".picopanel :is(button, select, .line, [role=option])";

/** Whether what is behind it changes when its button or line is pointed at. */
function pointedAt(element) {
  const hovered = element.closest(HOVERED);
  for (let it = element; hovered && it !== hovered; it = it.parentElement)
    if (parse(getComputedStyle(it).backgroundColor)[3] > 0) return false;
  return hovered !== null;
}

/** Every visible text, with its contrast to what is behind it, and to what is there while it is pointed at. */
function contrasts() {
  const found = [];
  const look = (element, words) => {
    if (!element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true }) || element.closest(".unseen, style, script")) return;
    const style = getComputedStyle(element);
    const svg = element instanceof SVGElement;
    const still = element.closest("svg[role=img]");
    const behind = still ? parse(getComputedStyle(still.querySelector("rect")).fill) : ground(svg ? element.closest("div") : element);
    const see = (of, on) => mixed(parse(of), on);
    const ink = svg ? style.fill : style.color;
    const entry = { where: element.closest("section")?.id, what: words.trim().slice(0, 40), tag: `${element.localName}.${element.getAttribute("class")}`, ink, behind: behind.join() };
    found.push({ ...entry, ratio: ratio(see(ink, behind), behind) });
    if (pointedAt(element) && !matchMedia("(forced-colors: active)").matches) {
      const probe = element.closest(".picopanel").appendChild(document.createElement("i"));
      probe.style.background = "var(--press)";
      const press = parse(getComputedStyle(probe).backgroundColor);
      probe.remove();
      found.push({ ...entry, tag: `${entry.tag}, pointed at`, behind: press.join(), ratio: ratio(see(ink, press), press) });
    }
  };
  const texts = document.createTreeWalker(document.getElementById("views"), NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const { parentElement, data } = texts.currentNode;
    if (data.trim() && parentElement.localName !== "option") look(parentElement, data);
  }
  for (const field of document.querySelectorAll("#views :is(select, input:not([type=color], [type=range], [type=checkbox]), textarea)"))
    look(field, field.value || field.placeholder || field.localName);
  return found;
}

/** The contrast of the page's own words, which a still picture's words beside it share. */
const own = () => ratio(parse(getComputedStyle(document.body).color), ground(document.body));

/** The lines of readings and the lamps, with their contrast to the card. */
function shapes() {
  return [...document.querySelectorAll("#views .picopanel")].flatMap((root) => {
    const behind = ground(root.querySelector(".card"));
    return [...root.querySelectorAll(".legend line, .scatterlayer .js-line, .spark path")].map((line) => ({
      where: root.closest("section").id, tag: `${line.localName}.${line.getAttribute("class")}`, ratio: ratio(parse(getComputedStyle(line).stroke), behind),
    }));
  });
}
