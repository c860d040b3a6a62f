// Remember the chosen appearance, close open menus. Everything works without it.
(() => {
  const year = 31536000;
  document.addEventListener("change", (event) => {
    if (event.target.name !== "tema") return;
    const secure = location.protocol === "https:" ? "; secure" : "";
    document.cookie = `theme=${event.target.value}; path=/; max-age=${year}; samesite=lax${secure}`;
    document.documentElement.removeAttribute("data-theme");
  });
  const close = (except) => document.querySelectorAll("details:is(.menu, .rest)[open]").forEach((menu) => {
    if (!menu.contains(except)) menu.open = false;
  });
  document.addEventListener("click", (event) => close(event.target));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const open = document.querySelector("details:is(.menu, .rest)[open]");
    if (open) { open.open = false; open.querySelector("summary").focus(); }
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.sent) { event.preventDefault(); return; }
    if (form.method === "post") form.dataset.sent = "1";
  });
  addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));
})();
