import { ChevronDown, ChevronUp, Plus, Trash2 } from "lucide-react";
import { Button } from "@/components/Button";
import { FormRow, SelectField, TextArea } from "@/components/Form";
import { IconButton } from "@/components/IconButton";
import { type Message, readMessages, writeMessages } from "@/features/prompts/template";
import type { PromptStructure } from "@/gql/graphql";
import styles from "./Prompts.module.css";

type TemplateEditorProps = {
  structure: PromptStructure;
  value: string;
  problem: string | null;
  onChange: (value: string) => void;
};

/** Where a template is written: as one text, or message by message. */
export function TemplateEditor({ structure, value, problem, onChange }: TemplateEditorProps) {
  const messages = structure === "CHAT" ? readMessages(value) : null;
  if (messages) return <MessagesEditor messages={messages} onChange={(next) => onChange(writeMessages(next))} />;
  return (
    <TextArea
      label={structure === "CHAT" ? "Messages as JSON" : "Template"}
      hint={structure === "CHAT" ? undefined : "Leave places open as {{name}}."}
      isCode
      rows={10}
      value={value}
      problem={problem}
      onChange={onChange}
    />
  );
}

const ROLES = ["system", "user", "assistant", "tool"];

function MessagesEditor({ messages, onChange }: { messages: Message[]; onChange: (messages: Message[]) => void }) {
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
          <TextArea
            label={`Message ${at + 1}`}
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
