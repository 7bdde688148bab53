// The four steps: each button opens the right conversations, then fills the composer or moves the clock.

const HIDDEN = "lianfang-guide-hidden";

export function guide({ openChat, openStaff, view, chat, clock, privately }) {
  const strip = document.getElementById("guide");
  const toggle = document.getElementById("guide-toggle");
  const steps = [...strip.querySelectorAll("li")];

  const mark = (done) => {
    if (done >= 0) steps[done].classList.add("done");
    const next = steps.find((step) => !step.classList.contains("done"));
    for (const step of steps) step.classList.toggle("next", step === next);
    if (next) next.parentElement.scrollLeft = next.offsetLeft - next.parentElement.offsetLeft;
  };

  const show = (shown) => {
    strip.hidden = !shown || !steps.length;
    toggle.setAttribute("aria-expanded", String(shown));
    if (shown) localStorage.removeItem(HIDDEN);
    else localStorage.setItem(HIDDEN, "1");
  };

  steps.forEach((step, index) => {
    step.querySelector("button").addEventListener("click", (event) => {
      const { who, text, staff, next, view: target } = event.currentTarget.dataset;
      view(target ?? "chat");
      if (staff) openStaff(staff);
      if (who) openChat(who, privately);
      if (text) chat.composer.draft(text);
      if (next) clock.move({ next });
      mark(index);
    });
  });
  toggle.addEventListener("click", () => show(strip.hidden));
  document.getElementById("guide-close").addEventListener("click", () => {
    show(false);
    toggle.focus();
  });
  show(localStorage.getItem(HIDDEN) !== "1");
  mark(-1);
}
