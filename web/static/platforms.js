// Fetches the page anew every few seconds and takes over what changed. When nobody answers, it says so: an old "well"
// must not be taken for a new one.

const EVERY = 3000;
const LONGEST = 8000;

async function fetched() {
  const response = await fetch(location.pathname, { cache: "no-store", signal: AbortSignal.timeout(LONGEST) });
  if (!response.ok) throw new Error(String(response.status));
  return new DOMParser().parseFromString(await response.text(), "text/html");
}

function takeOver(selector, fresh) {
  const [old, other] = [document.querySelector(selector), fresh.querySelector(selector)];
  if (old.innerHTML !== other.innerHTML) old.innerHTML = other.innerHTML;
}

function showLost(lost) {
  document.querySelector(".lost").hidden = !lost;
  document.body.classList.toggle("is-lost", lost);
}

async function refresh() {
  try {
    const fresh = await fetched();
    for (const selector of ["main", ".updated", ".lost-since"]) takeOver(selector, fresh);
    document.title = fresh.title;
    showLost(false);
  } catch {
    showLost(true);
  }
  setTimeout(refresh, EVERY);
}

setTimeout(refresh, EVERY);
