import { Scrollable } from "@/components/Scrollable";
import { RawJson } from "@/entities/payload/RawJson";
import { cutTemplate, readMessages, type Syntax } from "@/features/prompts/template";
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
  const messages = readMessages(template);
  if (!messages) return <RawJson text={template} label="Template" />;
  return (
    <section aria-label="Template" className={styles.chat}>
      {messages.map(({ role, content }, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the messages of a version never move
        <article key={at} aria-label={`${role} message`} className={styles.said}>
          <h3>{role}</h3>
          <div className={styles.template}>
            <Text text={content} syntax={syntax} />
          </div>
        </article>
      ))}
    </section>
  );
}

function Text({ text, syntax }: { text: string; syntax: Syntax }) {
  return cutTemplate(text, syntax).map((piece, at) =>
    // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of a template never move
    at % 2 === 1 ? <code key={at}>{piece}</code> : <span key={at}>{piece}</span>,
  );
}
