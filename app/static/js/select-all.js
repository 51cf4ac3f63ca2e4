// One box that ticks all boxes of its group, and shows a dash when only some are ticked.

for (const group of document.querySelectorAll("[data-select-all]")) {
  const label = group.querySelector(":scope > label");
  const all = label.querySelector("input");
  const boxes = () => [...group.querySelectorAll("input[type=checkbox]")].filter((box) => box !== all);

  const show = () => {
    const ticked = boxes().filter((box) => box.checked).length;
    all.checked = ticked > 0 && ticked === boxes().length;
    all.indeterminate = ticked > 0 && !all.checked;
  };

  group.addEventListener("change", (event) => {
    if (event.target === all) for (const box of boxes()) box.checked = all.checked;
    show();
  });
  show();
  label.hidden = false;
}
