// Shows which file was chosen, and that a dragged one may be dropped here. The input itself takes the drop.

const SIZES = ["B", "kB", "MB", "GB"];

const size = (bytes) => {
  const step = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), SIZES.length - 1);
  return `${(bytes / 1000 ** step).toFixed(step && bytes / 1000 ** step < 10 ? 1 : 0)} ${SIZES[step]}`;
};

for (const zone of document.querySelectorAll("[data-file-drop]")) {
  const input = zone.querySelector("input[type=file]");
  const name = zone.querySelector("[data-file-name]");
  const prompt = name.textContent;

  input.addEventListener("change", () => {
    const files = [...input.files];
    name.textContent = files.map((file) => `${file.name} (${size(file.size)})`).join(", ") || prompt;
  });
  for (const type of ["dragenter", "dragover"]) zone.addEventListener(type, () => zone.classList.add("dropzone--over"));
  for (const type of ["dragleave", "drop"]) zone.addEventListener(type, () => zone.classList.remove("dropzone--over"));
}
