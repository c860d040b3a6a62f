// Reading comfort: how much is read, the heading in view, the place where reading stopped. The page works without it.
(() => {
  const main = document.querySelector("main[data-lesson]");
  if (!main) return;
  const key = `place:${main.dataset.lesson}`;
  const article = main.querySelector("article");
  const shown = main.querySelector("[data-read]");
  const length = shown.textContent;
  const links = [...main.querySelectorAll("[data-toc] a")];
  const heads = links.map((link) => document.getElementById(decodeURIComponent(link.hash.slice(1))));

  const share = () => {
    const box = article.getBoundingClientRect();
    const far = Math.max(1, box.height - innerHeight);
    return Math.min(1, Math.max(0, -box.top / far));
  };

  const mark = () => {
    let at = -1;
    heads.forEach((head, place) => { if (head && head.getBoundingClientRect().top < innerHeight / 3) at = place; });
    links.forEach((link, place) => {
      if (place === at) link.setAttribute("aria-current", "true"); else link.removeAttribute("aria-current");
    });
  };

  const keep = (read) => {
    try {
      if (read > 0.02 && read < 0.98) localStorage.setItem(key, read.toFixed(4)); else localStorage.removeItem(key);
    } catch { /* storage may be switched off */ }
  };

  const resume = () => {
    if (location.hash) return;
    try {
      const read = Number(localStorage.getItem(key));
      const box = article.getBoundingClientRect();
      if (read > 0) scrollTo({ top: scrollY + box.top + read * (box.height - innerHeight), behavior: "instant" });
    } catch { /* storage may be switched off */ }
  };

  let waiting = false;
  const update = () => {
    waiting = false;
    const read = share();
    shown.textContent = read > 0.02 ? `${Math.round(read * 100)}%` : length;
    mark();
    keep(read);
  };
  addEventListener("load", () => { resume(); update(); });
  addEventListener("scroll", () => { if (!waiting) { waiting = true; requestAnimationFrame(update); } }, { passive: true });
})();
