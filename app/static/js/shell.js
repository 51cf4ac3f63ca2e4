// The frame's behaviours: appearance without a reload, "/" to the search, "?" to the list of keys.

const YEAR = 60 * 60 * 24 * 365;

const appearance = document.querySelector("[data-appearance]");

// The server reads the cookie and writes data-theme, so the next page is right before it is painted.
appearance?.addEventListener("submit", (event) => {
  event.preventDefault();
  const theme = event.submitter.value;
  const [name, secure] = location.protocol === "https:" ? ["__Host-theme", "; secure"] : ["theme", ""];
  document.cookie = `${name}=${theme}; path=/; max-age=${theme ? YEAR : 0}; samesite=lax${secure}`;
  if (theme) document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
  for (const button of appearance.querySelectorAll("button")) {
    button.setAttribute("aria-pressed", String(button === event.submitter));
  }
});

const takesText = (element) => element.closest("input, textarea, select, [contenteditable]") !== null;

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || takesText(event.target)) return;
  if (event.key === "/") {
    const search = document.querySelector("[data-search-key]");
    if (!search) return;
    event.preventDefault();
    search.focus();
    search.select();
  } else if (event.key === "?") {
    const keys = document.getElementById("keys");
    if (!keys.open) keys.showModal();
  }
});
