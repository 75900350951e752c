// The server keeps the choice of colours. What the design system's script keeps in this browser must not overrule it: this comes first.
try {
  localStorage.setItem("scheme", document.documentElement.dataset.frScheme);
} catch {
  // Storage is refused here: the script then reads the page's own attribute.
}
