// The way back from ProConnect goes on by itself; without JavaScript, by its button. Attached by data-proconnect-return.
document.querySelector("[data-proconnect-return]")?.requestSubmit();
