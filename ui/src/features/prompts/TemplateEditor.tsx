import { ChevronDown, ChevronUp, Plus, Trash2 } from "lucide-react";
import { Button } from "@/components/Button";
import { CodeField } from "@/components/code/CodeField";
import { FormRow, SelectField } from "@/components/Form";
import { IconButton } from "@/components/IconButton";
import { type Message, PLACES, readMessages, type Syntax, writeMessages } from "@/features/prompts/template";
import type { PromptStructure } from "@/gql/graphql";
import styles from "./Prompts.module.css";

type TemplateEditorProps = {
  structure: PromptStructure;
  /** How the places are written that it leaves open. */
  syntax: Syntax;
  value: string;
  problem: string | null;
  onChange: (value: string) => void;
};

/** Where a template is written: as one text, or message by message. */
export function TemplateEditor({ structure, syntax, value, problem, onChange }: TemplateEditorProps) {
  const messages = structure === "CHAT" ? readMessages(value) : null;
  if (messages)
    return <MessagesEditor messages={messages} syntax={syntax} onChange={(next) => onChange(writeMessages(next))} />;
  return (
    <CodeField
      label={structure === "CHAT" ? "Messages as JSON" : "Template"}
      hint={structure === "CHAT" ? undefined : `Leave places open as ${WRITTEN[syntax]}.`}
      language={structure === "CHAT" ? "json" : "text"}
      marked={PLACES[syntax]}
      rows={10}
      value={value}
      problem={problem}
      onChange={onChange}
    />
  );
}

const WRITTEN: Record<Syntax, string> = { MUSTACHE: "{{name}}", JINJA_2: "{{ name }}", PYTHON: "{name}" };

const ROLES = ["system", "user", "assistant", "tool"];

type MessagesEditorProps = { messages: Message[]; syntax: Syntax; onChange: (messages: Message[]) => void };

function MessagesEditor({ messages, syntax, onChange }: MessagesEditorProps) {
  const change = (at: number, part: Partial<Message>) =>
    onChange(messages.map((message, place) => (place === at ? { ...message, ...part } : message)));
  const swap = (at: number, step: 1 | -1) => {
    const [one, other] = [messages[at], messages[at + step]];
    if (one && other) onChange(messages.with(at, other).with(at + step, one));
  };
  return (
    <fieldset className={styles.messages}>
      <legend>Messages</legend>
      {messages.map((message, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a message has no other name than its place
        <div key={at} className={styles.message}>
          <FormRow>
            <SelectField
              label={`Role of message ${at + 1}`}
              value={message.role}
              options={[...new Set([...ROLES, message.role])].map((role) => ({ id: role, label: role }))}
              onChange={(role) => change(at, { role })}
            />
            <div className={styles.tools}>
              <IconButton label={`Move message ${at + 1} up`} isDisabled={at === 0} onPress={() => swap(at, -1)}>
                <ChevronUp aria-hidden />
              </IconButton>
              <IconButton
                label={`Move message ${at + 1} down`}
                isDisabled={at === messages.length - 1}
                onPress={() => swap(at, 1)}
              >
                <ChevronDown aria-hidden />
              </IconButton>
              <IconButton
                label={`Delete message ${at + 1}`}
                isDisabled={messages.length === 1}
                onPress={() => onChange(messages.toSpliced(at, 1))}
              >
                <Trash2 aria-hidden />
              </IconButton>
            </div>
          </FormRow>
          <CodeField
            label={`Message ${at + 1}`}
            language="text"
            marked={PLACES[syntax]}
            rows={4}
            value={message.content}
            onChange={(content) => change(at, { content })}
          />
        </div>
      ))}
      <Button onPress={() => onChange([...messages, { role: "user", content: "" }])}>
        <Plus aria-hidden /> Add message
      </Button>
    </fieldset>
  );
}
