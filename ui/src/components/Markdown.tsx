import ReactMarkdown, { type Components } from "react-markdown";
import remarkGfm from "remark-gfm";
import { Scrollable } from "@/components/Scrollable";
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
  pre: ({ children }) => (
    <Scrollable label="Code" className={styles.code}>
      <pre>{children}</pre>
    </Scrollable>
  ),
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
