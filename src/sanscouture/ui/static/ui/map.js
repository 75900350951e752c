// A map over the drawing the page already holds. The same data is in the list below it.

// Colours are those of the style sheet, by class: they follow the theme.
const style = (feature) => (feature.geometry.type === "Point" ? {} : {
  className: `sc-map__shape${feature.properties.indicative ? " sc-map__shape--indicative" : ""}`,
});

const marker = (feature, latlng) =>
  L.circleMarker(latlng, { radius: 6, fillOpacity: 1, className: `sc-map__point${feature.properties.here ? " sc-map__point--here" : ""}` });

const label = (feature, layer) => {
  const { name, href, text } = feature.properties;
  const box = document.createElement("div");
  const title = document.createElement(href ? "a" : "strong");
  title.textContent = name;
  if (href) title.href = href;
  box.append(title);
  if (text) box.append(document.createElement("br"), text);
  layer.bindPopup(box);
  layer.bindTooltip(name);
};

const draw = async (frame) => {
  if (frame.dataset.drawn) return;
  frame.dataset.drawn = "yes";
  await import(frame.dataset.leaflet);
  const data = JSON.parse(document.getElementById(frame.dataset.source).textContent);
  frame.replaceChildren();
  frame.removeAttribute("aria-hidden");
  const map = L.map(frame, { scrollWheelZoom: false, attributionControl: Boolean(frame.dataset.tiles) });
  if (frame.dataset.tiles) L.tileLayer(frame.dataset.tiles, { attribution: frame.dataset.attribution, maxZoom: 19 }).addTo(map);
  else if (data.land) L.geoJSON(data.land, { interactive: false, style: { className: "sc-map__land", fillOpacity: 1 } }).addTo(map);
  const layer = L.geoJSON(data.features, { style, pointToLayer: marker, onEachFeature: label }).addTo(map);
  map.fitBounds(L.latLngBounds(data.bounds), { padding: [16, 16], maxZoom: 15 });
  layer.bringToFront();
};

export const attach = (root) => root.querySelectorAll("[data-map]").forEach(draw);
