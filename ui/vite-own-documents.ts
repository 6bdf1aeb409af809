import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type DocumentNode, type FragmentDefinitionNode, parse, print, stripIgnoredCharacters, visit } from "graphql";
import type { Plugin } from "vite";

// The generated `graphql` finds a document by its text in a table of all documents there are, which every page would have
// to load. A build puts the text itself, with the fragments it spreads, where it is asked for.

const CALL = /\bgraphql\(\s*`([^`]*)`,?\s*\)/g;

export function ownDocuments(folder: string): Plugin {
  const fragments = new Map<string, FragmentDefinitionNode>();
  return {
    name: "own-documents",
    apply: "build",
    enforce: "pre",
    buildStart() {
      for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
        if (!/\.tsx?$/.test(name)) continue;
        for (const [, source = ""] of readFileSync(join(folder, name), "utf8").matchAll(CALL)) {
          for (const definition of parse(source).definitions)
            if (definition.kind === "FragmentDefinition") fragments.set(definition.name.value, definition);
        }
      }
    },
    transform(code, id) {
      if (!id.startsWith(folder) || code.search(CALL) < 0) return null;
      return { code: code.replace(CALL, (_call, source: string) => written(parse(source), fragments)), map: null };
    },
  };
}

function written(document: DocumentNode, fragments: ReadonlyMap<string, FragmentDefinitionNode>): string {
  const definitions = new Map(document.definitions.map((definition) => [definition, definition]));
  const reach = (node: DocumentNode["definitions"][number]) =>
    visit(node, {
      FragmentSpread({ name }) {
        const fragment = fragments.get(name.value);
        if (!fragment) throw new Error(`no document has the fragment \`${name.value}\``);
        if (definitions.has(fragment)) return;
        definitions.set(fragment, fragment);
        reach(fragment);
      },
    });
  for (const definition of document.definitions) reach(definition);
  const whole = print({ ...document, definitions: [...definitions.values()] });
  return JSON.stringify(stripIgnoredCharacters(whole));
}
