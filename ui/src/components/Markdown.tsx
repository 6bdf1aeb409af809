import ReactMarkdown, { type Components, type ExtraProps } from "react-markdown";
import remarkGfm from "remark-gfm";
import { CodeBlock } from "@/components/CodeBlock";
import styles from "./Markdown.module.css";

const MARKDOWN_CHARS_MAX = 100_000;
const PLUGINS = [remarkGfm];

// Recorded text is not to be trusted: HTML in it stays text (react-markdown builds elements, never markup),
// links leave no trace of this page, and images are links, since loading one would tell its host who looks.
const COMPONENTS: Components = {
  a: ({ href, children }) => (
    <a href={href} target="_blank" rel="noreferrer noopener">
      {children}
    </a>
  ),
  img: ({ src, alt }) => (
    <a href={typeof src === "string" ? src : undefined} target="_blank" rel="noreferrer noopener">
      {alt || "image"}
    </a>
  ),
  pre: ({ node, children }) => {
    const code = codeOf(node);
    return code ? <CodeBlock {...code} /> : <pre>{children}</pre>;
  },
};

export function Markdown({ text }: { text: string }) {
  if (text.length > MARKDOWN_CHARS_MAX) return <div className={styles.plain}>{text}</div>;
  return (
    <div className={styles.markdown}>
      <ReactMarkdown remarkPlugins={PLUGINS} components={COMPONENTS}>
        {text}
      </ReactMarkdown>
    </div>
  );
}

/** What stands in a fence, and the language that is named behind it. */
function codeOf(node: ExtraProps["node"]): { text: string; language: string | null } | null {
  const code = node?.children[0];
  if (code?.type !== "element") return null;
  const names = code.properties.className;
  const named = Array.isArray(names) ? names.find((name) => String(name).startsWith("language-")) : undefined;
  const text = code.children.map((child) => (child.type === "text" ? child.value : "")).join("");
  return {
    text: text.replace(/\n$/, ""),
    language: named === undefined ? null : String(named).slice("language-".length).toLowerCase(),
  };
}
