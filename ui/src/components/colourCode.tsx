import { common, createLowlight } from "lowlight";
import type { ReactNode } from "react";

// Grammars are large: this file is loaded when the first code is shown.

const lowlight = createLowlight(common);

type Node = ReturnType<typeof lowlight.highlight>["children"][number];

/** Null for a language that is not known. */
export function colourCode(text: string, language: string): ReactNode {
  if (!lowlight.registered(language)) return null;
  return lowlight.highlight(language, text, { prefix: "" }).children.map(drawn);
}

function drawn(node: Node, index: number): ReactNode {
  if (node.type === "text") return node.value;
  if (node.type !== "element") return null;
  const names = node.properties.className;
  return (
    <span key={index} data-code={Array.isArray(names) ? names.join(" ") : undefined}>
      {node.children.map(drawn)}
    </span>
  );
}
