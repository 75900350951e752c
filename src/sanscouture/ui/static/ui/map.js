// A map over the drawing the page already holds. The same data is in the list below it.

const style = (feature) => (feature.geometry.type === "Point" ? {} : {
  color: "#000091",
  weight: 1.5,
  fillOpacity: feature.properties.indicative ? 0.06 : 0.14,
  dashArray: feature.properties.indicative ? "5 4" : null,
});

const marker = (feature, latlng) =>
  L.circleMarker(latlng, { radius: 6, weight: 1.5, color: "#ffffff", fillOpacity: 1, fillColor: feature.properties.here ? "#ce0500" : "#000091" });

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
  else if (data.land) L.geoJSON(data.land, { interactive: false, style: { color: "#dddddd", weight: 1, fillColor: "#ffffff", fillOpacity: 1 } }).addTo(map);
  const layer = L.geoJSON(data.features, { style, pointToLayer: marker, onEachFeature: label }).addTo(map);
  map.fitBounds(L.latLngBounds(data.bounds), { padding: [16, 16], maxZoom: 15 });
  layer.bringToFront();
};

export const attach = (root) => root.querySelectorAll("[data-map]").forEach(draw);
