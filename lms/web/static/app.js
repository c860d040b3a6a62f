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
  document.querySelectorAll("button.reveal").forEach((button) => {
    const field = document.getElementById(button.getAttribute("aria-controls"));
    const show = (shown) => { field.type = shown ? "text" : "password"; button.setAttribute("aria-pressed", shown); };
    button.hidden = false;
    button.addEventListener("click", () => show(field.type === "password"));
    field.form.addEventListener("submit", () => show(false));
  });
  addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));
})();
