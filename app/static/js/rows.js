// Adds and removes repeating rows in the page; without script the same buttons ask the server.

// Positions only have to differ: the server reads them in their order and closes the gaps.
let next = Date.now();

const addRow = (rows) => {
  const template = rows.querySelector(":scope > template");
  const copy = document.createElement("template");
  copy.innerHTML = template.innerHTML.replaceAll(rows.dataset.token, String(next++));
  const row = copy.content.firstElementChild;
  template.before(row);
  row.querySelector("input:not([type=hidden]), select, textarea")?.focus();
};

const removeRow = (row) => {
  const rows = row.parentElement;
  row.remove();
  rows.querySelector(":scope > div > [data-row-add]").focus();
};

document.addEventListener("click", (event) => {
  const add = event.target.closest("[data-row-add]");
  const rows = add?.closest("[data-rows]");
  if (rows?.querySelector(":scope > template")) {
    event.preventDefault();
    addRow(rows);
  }
  const row = event.target.closest("[data-row-remove]")?.closest("[data-row]");
  if (row) {
    event.preventDefault();
    removeRow(row);
  }
});
