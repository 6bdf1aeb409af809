import { CodeBlock } from "@/components/CodeBlock";
import { ModalDialog } from "@/components/ModalDialog";
import { type AuditSearch, exportCommand } from "@/features/history/auditSearch";
import styles from "./AuditLog.module.css";

const PROOF = 'cairn verify --data ./copy --key "$(cairn audit --data ./data)"';

type AuditExportDialogProps = {
  workspace: string;
  search: AuditSearch;
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
};

/** How the trail is taken elsewhere, and how it is proved there. */
export function AuditExportDialog({ workspace, search, isOpen, onOpenChange }: AuditExportDialogProps) {
  return (
    <ModalDialog title="Export the trail" isWide isOpen={isOpen} onOpenChange={onOpenChange}>
      <div className={styles.export}>
        <p>
          On the machine of the server, beside it or while it is stopped. One line of JSON an event, after the Open
          Cybersecurity Schema Framework, of the time that is chosen here:
        </p>
        <CodeBlock language="bash" text={exportCommand(workspace, search)} />
        <p>That nothing was changed since it was signed is proved on a copy of the folder, with the public key:</p>
        <CodeBlock language="bash" text={PROOF} />
      </div>
    </ModalDialog>
  );
}
