// One cell's output: its own widget manager, which knows nothing but the state of models it asks for.
const tell = (message) => parent.postMessage(message, "*");
const comms = new Map();
const asked = new Map();

class Comm {
  constructor(id) {
    this.comm_id = id;
    this.heard = [];
    comms.set(id, this);
  }
  on_msg(call) {
    this.heard.push(call);
  }
  on_close() {}
  close() {}
  send(data) {
    tell({ comm: this.comm_id, data, content: data.content });
    return "";
  }
}

window.addEventListener("message", ({ data }) => {
  if (data.kind === "model") asked.get(data.id)(data);
  else
    for (const call of comms.get(data.content.comm_id)?.heard ?? [])
      call({ content: data.content, buffers: data.buffers.map((each) => new DataView(binary(each))) });
});

function binary(text) {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer;
}

requirejs.config({ paths: { anywidget: "anywidget" } });
requirejs(["@jupyter-widgets/html-manager", "@jupyter-widgets/html-manager/dist/libembed-amd"], ({ HTMLManager }, { requireLoader }) => {
  class Manager extends HTMLManager {
    async get_model(id) {
      if (this.has_model(id)) return super.get_model(id);
      const { state, buffers } = await new Promise((answer) => {
        asked.set(id, answer);
        tell({ kind: "model", id });
      });
      if (this.has_model(id)) return super.get_model(id);
      const whole = { ...state };
      for (const [name, buffer] of Object.entries(buffers)) whole[name] = new DataView(binary(buffer));
      const { _model_name, _model_module, _model_module_version } = whole;
      return this.new_model(
        {
          model_name: _model_name,
          model_module: _model_module,
          model_module_version: _model_module_version,
          model_id: id,
          comm: new Comm(id),
        },
        whole,
      );
    }
  }
  const manager = new Manager({ loader: requireLoader });
  manager
    .get_model(new URLSearchParams(location.search).get("model"))
    .then((model) => manager.display_view(manager.create_view(model), document.getElementById("output")));
});

// A frame is as high as what is in it: Colab's page is told, as `google.colab.output.setIframeHeight` does by itself.
const output = document.getElementById("output");
new ResizeObserver(() => tell({ kind: "height", height: Math.ceil(output.getBoundingClientRect().bottom + scrollY) + 8 })).observe(output);

// What the test measures: the first chart, how late each reading is drawn, and how long a click takes.
let newest = 0;
setInterval(() => {
  const plot = document.querySelector(".js-plotly-plot");
  if (!plot?.querySelector(".main-svg")) return;
  tell({ kind: "drawn" });
  const times = (plot.data.find(({ name }) => name === "temperature")?.x ?? []).filter((time) => time > newest);
  if (times.length && newest) tell({ kind: "lag", lag: Date.now() - Math.min(...times) });
  newest = Math.max(newest, ...times);
}, 20);
let clicked = 0;
addEventListener("click", () => (clicked = performance.now()), true);
setInterval(() => {
  if (!clicked || !document.querySelector(".echo .good")) return;
  tell({ kind: "click", took: performance.now() - clicked });
  clicked = 0;
}, 5);
