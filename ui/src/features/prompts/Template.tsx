import { useState } from "react";
import { Scrollable } from "@/components/Scrollable";
import { Segmented } from "@/components/Segmented";
import { ChatPartView } from "@/entities/chat/ChatPartView";
import { RawJson } from "@/entities/payload/RawJson";
import { messagesOf } from "@/features/prompts/messagesOf";
import { cutTemplate, type Syntax } from "@/features/prompts/template";
import type { PromptStructure } from "@/gql/graphql";
import styles from "./Prompts.module.css";

type TemplateProps = { structure: PromptStructure; syntax: Syntax; template: string };

/** What a template says, with the places that it leaves open in sight. */
export function Template({ structure, syntax, template }: TemplateProps) {
  if (structure === "TEXT") {
    return (
      <Scrollable label="Template" className={styles.template}>
        <Text text={template} syntax={syntax} />
      </Scrollable>
    );
  }
  return <Chat template={template} syntax={syntax} />;
}

const SHAPES = [
  { id: "messages", label: "Messages" },
  { id: "json", label: "JSON" },
] as const;

/** The messages of a chat, whatever they are made of, or the JSON that they are kept as. */
function Chat({ template, syntax }: Pick<TemplateProps, "template" | "syntax">) {
  const [shape, setShape] = useState<"messages" | "json">("messages");
  const messages = messagesOf(template);
  if (!messages) return <RawJson text={template} label="Template" />;
  return (
    <section aria-label="Template" className={styles.chat}>
      <div>
        <Segmented label="How the template is shown" options={SHAPES} value={shape} onChange={setShape} />
      </div>
      {shape === "json" ? (
        <RawJson text={template} label="Template" />
      ) : (
        messages.map(({ role, parts }, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the messages of a version never move
          <article key={at} aria-label={`${role} message`} className={styles.said}>
            <h3>{role}</h3>
            <div className={styles.template}>
              {parts.map((part, place) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: neither do their parts
                <div key={place}>
                  {part.kind === "text" ? <Text text={part.text} syntax={syntax} /> : <ChatPartView part={part} />}
                </div>
              ))}
            </div>
          </article>
        ))
      )}
    </section>
  );
}

function Text({ text, syntax }: { text: string; syntax: Syntax }) {
  return cutTemplate(text, syntax).map((piece, at) =>
    // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of a template never move
    at % 2 === 1 ? <code key={at}>{piece}</code> : <span key={at}>{piece}</span>,
  );
}
