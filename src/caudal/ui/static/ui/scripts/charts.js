// Charts: Vega is fetched when the first one comes near the view; colours are the roles of the page's scheme.
const ROLES = ["accent", "plan", "good", "warn", "bad", "series-1", "series-2", "series-3", "series-4", "series-5", "series-6"];
let engine;

const load = () => {
  engine ??= import(document.querySelector('meta[name="vega"]').content);
  return engine;
};

// Vega draws on a canvas that knows neither variables nor light-dark(): ask the browser what a role comes to here.
const colours = (element) => {
  const probe = document.createElement("span");
  probe.hidden = true;
  element.append(probe);
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const found = (name) => {
    probe.className = `colour-${name}`;
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = getComputedStyle(probe).color;
    canvas.fillRect(0, 0, 1, 1);
    const [red, green, blue] = canvas.getImageData(0, 0, 1, 1).data;
    return `rgb(${red}, ${green}, ${blue})`;
  };
  const roles = Object.fromEntries([...ROLES, "ink-1", "ink-2", "ink-3", "line"].map((name) => [name, found(name)]));
  probe.remove();
  return roles;
};

const painted = (value, roles) => {
  if (Array.isArray(value)) return value.map((each) => painted(each, roles));
  if (typeof value === "string") return value.startsWith("--") ? (roles[value.slice(2)] ?? value) : value;
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, key === "data" ? each : painted(each, roles)]),
  );
};

const look = (roles, font) => ({
  background: null,
  font,
  view: { stroke: null },
  range: { category: [1, 2, 3, 4, 5, 6].map((index) => roles[`series-${index}`]) },
  mark: { color: roles.accent },
  axis: {
    labelColor: roles["ink-3"], titleColor: roles["ink-3"], domainColor: roles.line, tickColor: roles.line, gridColor: roles.line,
    gridOpacity: 0.7, labelFontSize: 12, titleFontSize: 12, titleFontWeight: 400, labelPadding: 6, domain: false, ticks: false, tickCount: 4,
  },
  axisX: { grid: false, labelBound: 4, labelOverlap: "greedy", labelSeparation: 8 },
  legend: { labelColor: roles["ink-2"], titleColor: roles["ink-3"], labelFontSize: 12, titleFontSize: 12, orient: "top", symbolSize: 60 },
  text: { color: roles["ink-2"], fontSize: 12 },
  rule: { color: roles["ink-3"] },
  bar: { cornerRadiusEnd: 2 },
});

const numbers = (language) => {
  const parts = new Intl.NumberFormat(language).formatToParts(-1234567.8);
  const sign = (type, other) => parts.find((part) => part.type === type)?.value ?? other;
  return { decimal: sign("decimal", "."), thousands: sign("group", ","), grouping: [3], currency: ["", ""], minus: "−" };
};

const draw = async (figure) => {
  if (!figure.isConnected) return; // it was replaced before it came near
  const place = figure.querySelector(".chart-drawing");
  const spec = JSON.parse(place.dataset.spec); // an attribute, since what is swapped in loses its scripts
  try {
    const { embed } = await load();
    const roles = colours(place);
    const font = getComputedStyle(figure).fontFamily;
    await embed(place, painted(spec, roles), {
      actions: false, ast: true, renderer: "canvas", defaultStyle: false, config: look(roles, font),
      formatLocale: numbers(document.documentElement.lang), tooltip: { disableDefaultStyle: true },
    });
    figure.dataset.drawn = "";
  } catch (error) {
    figure.classList.add("chart-failed");
    figure.querySelector(".chart-data").open = true;
    console.error(error);
  }
};

const near = new IntersectionObserver((entries) => {
  for (const entry of entries.filter((each) => each.isIntersecting)) {
    near.unobserve(entry.target);
    draw(entry.target);
  }
}, { rootMargin: "400px" });

const watch = (root) => {
  for (const figure of root.querySelectorAll("[data-chart]:not([data-watched])")) {
    figure.dataset.watched = "";
    near.observe(figure);
  }
};
watch(document);
document.addEventListener("htmx:load", (event) => watch(event.target.parentElement ?? document));
document.addEventListener("caudal:scheme", () => document.querySelectorAll("[data-drawn]").forEach(draw));
