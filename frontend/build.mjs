// Builds what the browser loads: one script, one style sheet, one sprite. `--watch` rebuilds on every change.
import { cpSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, context } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "..", "mikage", "kernel", "static", "mikage");

/** One <symbol> for each icon, so that a page names icons and loads them once. */
function sprite() {
  const symbols = readdirSync(join(here, "icons"))
    .filter((name) => name.endsWith(".svg"))
    .sort()
    .map((name) => {
      const source = readFileSync(join(here, "icons", name), "utf8").replace(/<!--[\s\S]*?-->/g, "");
      const [, inner] = /<svg[^>]*>([\s\S]*)<\/svg>/.exec(source);
      return `<symbol id="${name.slice(0, -4)}" viewBox="0 0 24 24">${inner.replace(/\s+/g, " ").trim()}</symbol>`;
    });
  const style = 'fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"';
  return `<svg xmlns="http://www.w3.org/2000/svg" ${style}>${symbols.join("")}</svg>`;
}

mkdirSync(out, { recursive: true });
writeFileSync(join(out, "icons.svg"), sprite());
cpSync(join(here, "logo.svg"), join(out, "logo.svg"));

const options = {
  entryPoints: [
    { in: join(here, "src", "app.ts"), out: "app" },
    { in: join(here, "css", "app.css"), out: "app" },
  ],
  entryNames: "[name]",
  outdir: out,
  bundle: true,
  minify: true,
  format: "esm",
  target: ["chrome120", "edge120", "firefox121", "safari17"],
  logLevel: "warning",
};
if (process.argv.includes("--watch")) {
  await (await context(options)).watch();
} else {
  await build(options);
}
