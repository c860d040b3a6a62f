// Shows who fits while one types; without it the button does the same. Forms that give a file may be sent again.
(() => {
  const form = document.querySelector("form[data-find]");
  const found = document.getElementById("found");
  const typed = form && form.elements.q;
  let waiting = 0;
  let asked = null;
  const show = async () => {
    const wish = new URLSearchParams(new FormData(form));
    const page = form.getAttribute("action");
    const address = `${page}?${wish}`;
    asked?.abort();
    asked = new AbortController();
    try {
      const answer = await fetch(`${page}found?${wish}`, { signal: asked.signal, headers: { Accept: "application/json" } });
      if (!answer.ok || answer.redirected) return;
      found.innerHTML = (await answer.json()).html;
      history.replaceState(null, "", address);
    } catch (error) {
      if (error.name !== "AbortError") throw error;
    }
  };
  if (form && found) {
    typed.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(show, 180);
    });
  }
  document.addEventListener("submit", (event) => {
    if ("again" in event.target.dataset) setTimeout(() => delete event.target.dataset.sent, 1000);
  });
})();
