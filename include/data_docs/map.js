"use strict";
const data = JSON.parse(document.getElementById("map-data").textContent);
const dark = matchMedia("(prefers-color-scheme: dark)");
const LEAST_SIDE = 2000; // metres that a single place is shown within
const LEGIBLE = 3000; // metres a pixel above which names of plays would lie over each other

Bokeh.embed.embed_item(data.item).then(() => {
  const plot = Bokeh.documents[0].roots()[0];
  const frame = document.getElementById("map");

  // Both axes keep one scale, whatever the shape of the window.
  const show = ([x0, y0, x1, y1]) => {
    const scale = Math.max((x1 - x0) / plot.inner_width, (y1 - y0) / plot.inner_height);
    look((x0 + x1) / 2, (y0 + y1) / 2, scale);
  };
  const look = (x, y, scale) => {
    const [width, height] = [(plot.inner_width * scale) / 2, (plot.inner_height * scale) / 2];
    plot.x_range.setv({ start: x - width, end: x + width });
    plot.y_range.setv({ start: y - height, end: y + height });
  };
  const shift = (right, up, zoom) => {
    const { x_range: x, y_range: y } = plot;
    const [width, height] = [x.end - x.start, y.end - y.start];
    look((x.start + x.end) / 2 + right * width, (y.start + y.end) / 2 + up * height, (width / plot.inner_width) * zoom);
  };

  const paint = () => {
    const [page, text, line] = dark.matches ? ["#16181b", "#e3e5e8", "#3a3f45"] : ["#ffffff", "#212529", "#dee2e6"];
    plot.setv({ background_fill_color: page, border_fill_color: page, outline_line_color: line });
    for (const axis of [...plot.below, ...plot.left]) {
      axis.setv({ major_label_text_color: text, axis_line_color: line, major_tick_line_color: line, minor_tick_line_color: line });
    }
    for (const grid of plot.center) grid.setv({ grid_line_color: line });
  };

  const plays = document.querySelector("input[data-layer=plays]");
  const name = () => {
    const near = plot.x_range.end - plot.x_range.start < LEGIBLE * plot.inner_width;
    for (const layer of plot.renderers) if (layer.name === "play names") layer.visible = plays.checked && near;
  };
  const boxes = [...document.querySelectorAll("input[data-layer]")];
  const draw = (box) => {
    for (const layer of plot.renderers) if (layer.name === box.dataset.layer) layer.visible = box.checked;
    name();
  };
  for (const box of boxes) {
    box.hidden = false;
    box.addEventListener("change", () => draw(box));
    draw(box); // a browser keeps boxes as they were when a page is loaded again
  }
  for (const button of document.querySelectorAll("[data-view]")) {
    button.addEventListener("click", () => show(data[button.dataset.view]));
  }
  for (const button of document.querySelectorAll("[data-zoom]")) {
    button.addEventListener("click", () => shift(0, 0, Number(button.dataset.zoom)));
  }
  for (const button of document.querySelectorAll("[data-box]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      for (const box of boxes) {
        if (box.dataset.layer.endsWith(` ${button.dataset.shape}`) && !box.checked) box.click();
      }
      const [x0, y0, x1, y1] = button.dataset.box.split(" ").map(Number);
      const margin = Math.max(x1 - x0, y1 - y0, LEAST_SIDE) / 2;
      show([x0 - margin, y0 - margin, x1 + margin, y1 + margin]);
      frame.scrollIntoView({ block: "nearest" });
    });
  }
  const keys = {
    ArrowLeft: () => shift(-0.2, 0, 1), ArrowRight: () => shift(0.2, 0, 1),
    ArrowUp: () => shift(0, 0.2, 1), ArrowDown: () => shift(0, -0.2, 1),
    "+": () => shift(0, 0, 0.5), "=": () => shift(0, 0, 0.5), "-": () => shift(0, 0, 2), 0: () => show(data.everything),
  };
  frame.addEventListener("keydown", (event) => {
    if (!(event.key in keys) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    keys[event.key]();
  });
  new ResizeObserver(() => requestAnimationFrame(() => shift(0, 0, 1))).observe(frame);
  dark.addEventListener("change", paint);
  plot.x_range.change.connect(name);
  paint();
  show(data.everything);
  document.getElementById("controls").hidden = false;
  document.getElementById("outlines").hidden = false;
  frame.dataset.ready = "";
});
