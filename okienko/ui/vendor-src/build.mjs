// Builds the committed third-party files of the browser and of its tests: node build.mjs [DIRECTORY [TESTS]],
// by default into ../static/ui and tests/ui/axe.
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const modules = resolve(here, "../../../node_modules");
const out = resolve(process.argv[2] ?? join(here, "../static/ui"));
for (const folder of ["vendor", "fonts"]) mkdirSync(join(out, folder), { recursive: true });

const bundled = await build({
  entryPoints: [join(here, "page.js"), join(here, "editor.js")],
  outdir: join(out, "vendor"),
  absWorkingDir: resolve(here, "../../.."),
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  legalComments: "none",
  metafile: true,
});

const packages = Object.keys(bundled.metafile.inputs)
  .map((path) => path.match(/node_modules\/((?:@[^/]+\/)?[^/]+)/)?.[1])
  .filter(Boolean);
const licences = [...new Set(packages)].sort().map((name) => {
  const { version, license } = JSON.parse(readFileSync(join(modules, name, "package.json"), "utf8"));
  const file = readdirSync(join(modules, name)).find((entry) => /^licen[cs]e/i.test(entry));
  return `${name} ${version} (${license})\n\n${readFileSync(join(modules, name, file), "utf8").trim()}\n`;
});
writeFileSync(join(out, "vendor/LICENSES.txt"), licences.join(`\n${"-".repeat(80)}\n\n`));

const icons = readFileSync(join(here, "icons.txt"), "utf8").split("\n").filter(Boolean).map((name) => {
  const file = join(modules, "lucide-static/icons", `${name}.svg`);
  if (!existsSync(file)) throw new Error(`lucide has no icon called ${name}`);
  const shapes = readFileSync(file, "utf8").match(/<svg[^>]*>([\s\S]*)<\/svg>/)[1];
  return `<symbol id="${name}" viewBox="0 0 24 24">${shapes.trim().replace(/\s*\n\s*/g, "")}</symbol>`;
});
writeFileSync(
  join(out, "icons.svg"),
  `<svg xmlns="http://www.w3.org/2000/svg">\n${icons.join("\n")}\n</svg>\n`,
);
cpSync(join(modules, "lucide-static/LICENSE"), join(out, "icons-LICENSE.txt"));

const inter = join(modules, "@fontsource-variable/inter");
cpSync(join(inter, "LICENSE"), join(out, "fonts/inter-LICENSE.txt"));
for (const part of ["latin", "latin-ext"]) {
  const name = `inter-${part}-opsz-normal.woff2`;
  cpSync(join(inter, "files", name), join(out, "fonts", name));
}

const axe = resolve(process.argv[3] ?? join(here, "../../../tests/ui/axe"));
for (const file of ["axe.min.js", "LICENSE", "LICENSE-3RD-PARTY.txt"]) {
  cpSync(join(modules, "axe-core", file), join(axe, file));
}

const made = ["icons-LICENSE.txt", "icons.svg"].concat(
  ["fonts", "vendor"].flatMap((folder) => readdirSync(join(out, folder)).map((file) => `${folder}/${file}`)),
);
const sums = made.sort().map((file) => {
  const digest = createHash("sha256").update(readFileSync(join(out, file))).digest("hex");
  return `${digest}  ${file}\n`;
});
writeFileSync(join(out, "SHA256SUMS"), sums.join(""));
