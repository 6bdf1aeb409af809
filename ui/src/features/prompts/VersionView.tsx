import { History, Server, Tag } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useMutation } from "urql";
import { Button } from "@/components/Button";
import { CopyButton } from "@/components/CopyButton";
import { Facts } from "@/entities/details/Facts";
import { Payload } from "@/entities/payload/Payload";
import { CodeDialog } from "@/features/prompts/CodeDialog";
import { EnvironmentsDialog } from "@/features/prompts/EnvironmentsDialog";
import { Template } from "@/features/prompts/Template";
import type { Version } from "@/features/prompts/usePrompt";
import { VersionTagsDialog } from "@/features/prompts/VersionTagsDialog";
import { syntaxName } from "@/features/prompts/words";
import { graphql } from "@/gql";
import { failureOf } from "@/lib/failure";
import { formatInstant } from "@/lib/format";
import { showToast } from "@/lib/toasts";
import styles from "./Prompts.module.css";

const RestorePromptVersionMutation = graphql(`
  mutation RestorePromptVersion($id: ID!) {
    restorePromptVersion(id: $id) {
      id
      number
    }
  }
`);

type VersionViewProps = {
  name: string;
  version: Version;
  isNewest: boolean;
  onChanged: () => void;
  onRestored: (id: string) => void;
  children: ReactNode;
};

/** What one version says, where it is in use, and what can be done with it. */
export function VersionView({ name, version, isNewest, onChanged, onRestored, children }: VersionViewProps) {
  const [asked, setAsked] = useState<"environments" | "tags" | null>(null);
  const [, restore] = useMutation(RestorePromptVersionMutation);
  const onRestore = async () => {
    const { data, error } = await restore({ id: version.id });
    if (!data) return showToast(error ? failureOf(error).message : "The server sent no answer.");
    showToast(`v${data.restorePromptVersion.number} says again what v${version.number} said.`);
    onRestored(data.restorePromptVersion.id);
  };
  const close = () => setAsked(null);
  return (
    <article className={styles.view} aria-label={`Version ${version.number}`}>
      <header className={styles.head}>
        <h2>v{version.number}</h2>
        {children}
        <Button onPress={() => setAsked("environments")}>
          <Server aria-hidden /> Environments
        </Button>
        <Button onPress={() => setAsked("tags")}>
          <Tag aria-hidden /> Tags
        </Button>
        {!isNewest && (
          <Button onPress={onRestore}>
            <History aria-hidden /> Restore
          </Button>
        )}
        <CodeDialog name={name} version={version} />
        <CopyButton label="Copy template" text={version.template} />
      </header>
      <Facts
        label="Facts"
        facts={[
          { label: "Commit", value: <code>{version.commit}</code> },
          { label: "Placeholders", value: syntaxName(version.syntax) },
          { label: "Open", value: version.variables.join(", ") },
          { label: "In use in", value: version.environments.join(", ") },
          { label: "Tags", value: version.tags.join(", ") },
          { label: "Created", value: formatInstant(version.createdAt) },
          { label: "By", value: version.createdBy },
        ]}
      />
      {version.changeDescription && <p className={styles.said}>{version.changeDescription}</p>}
      <Template structure={version.structure} syntax={version.syntax} template={version.template} />
      {version.metadata && <Payload title="Metadata" text={version.metadata} />}
      <EnvironmentsDialog version={version} isOpen={asked === "environments"} onClose={close} onChanged={onChanged} />
      <VersionTagsDialog version={version} isOpen={asked === "tags"} onClose={close} />
    </article>
  );
}
