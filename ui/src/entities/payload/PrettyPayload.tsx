import { JsonTree } from "@/components/JsonTree";
import type { JsonFind } from "@/components/jsonSource";
import { Markdown } from "@/components/Markdown";
import { ChatMessages } from "@/entities/chat/ChatMessages";
import { ListingView } from "@/entities/payload/ListingView";
import { RawJson } from "@/entities/payload/RawJson";
import type { Form } from "@/entities/payload/readPayload";
import type { Lists } from "@/entities/payload/recogniseLists";
import { type PayloadField, usePathItems } from "@/entities/payload/usePathItems";
import type { JsonValue } from "@/lib/json";
import listStyles from "./Listing.module.css";
import styles from "./Payload.module.css";

type PrettyPayloadProps = { form: Form; value: JsonValue; text: string; label: string } & TreeOptions;

/** A recorded value as what it is: a conversation, a text, lists, or a tree; what is no JSON is shown as it came. */
export function PrettyPayload({ form, value, text, label, ...tree }: PrettyPayloadProps) {
  switch (form.kind) {
    case "broken":
      return <RawJson text={text} label={label} />;
    case "chat":
      return <ChatMessages messages={form.messages} label={`${label} messages`} />;
    case "text":
      return (
        <div className={styles.frame}>
          <Markdown text={form.words} />
        </div>
      );
    case "lists":
      return <PayloadLists lists={form.lists} label={label} {...tree} />;
    case "tree":
      return <PayloadTree value={value} label={label} {...tree} />;
  }
}

type TreeOptions = { field?: PayloadField | undefined; find?: JsonFind | undefined };

export function PayloadTree({ value, label, field, find }: { value: JsonValue; label: string } & TreeOptions) {
  const items = usePathItems(field);
  return (
    <div className={styles.frame}>
      <JsonTree value={value} label={`${label} values`} root={field} memory={field} find={find} items={items} />
    </div>
  );
}

function PayloadLists({ lists: { lists, rest }, label, ...tree }: { lists: Lists; label: string } & TreeOptions) {
  return (
    <div className={listStyles.lists}>
      {Object.keys(rest).length > 0 && <PayloadTree value={rest} label={label} {...tree} />}
      {lists.map(({ name, listing }) => (
        <section key={name} className={listStyles.list} aria-label={name ?? `${label} list`}>
          {name !== null && <h4>{name}</h4>}
          <ListingView listing={listing} label={name ?? label} />
        </section>
      ))}
    </div>
  );
}
