// Fetches a busy part of the page again each second until the server's answer is not busy any more.

const SECOND = 1000;
const LONGEST = 16 * SECOND;

const poll = async (part, wait = SECOND) => {
  await new Promise((resolve) => setTimeout(resolve, wait));
  const retry = () => poll(part, Math.min(2 * wait, LONGEST));

  let answer;
  try {
    // Where the work is done the answer leads elsewhere; that page is for the window and not fetched here too.
    answer = await fetch(part.dataset.poll, { headers: { Accept: "text/html" }, redirect: "manual" });
  } catch {
    return retry(); // the connection is away for the moment
  }
  if (answer.status === 429 || answer.status >= 500) return retry();
  if (!answer.ok) return location.reload();

  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.getElementById(part.id);
  if (!fresh) return location.reload();
  part.replaceChildren(...fresh.childNodes);
  if (!fresh.dataset.poll) return part.removeAttribute("data-poll");
  return poll(part);
};

for (const part of document.querySelectorAll("[data-poll]")) poll(part);
