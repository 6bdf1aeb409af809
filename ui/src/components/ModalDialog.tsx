import { X } from "lucide-react";
import type { ReactNode } from "react";
import { Dialog, Heading, Modal, ModalOverlay } from "react-aria-components";
import { CloseDialog } from "@/components/closeDialog";
import { IconButton } from "@/components/IconButton";
import styles from "./ModalDialog.module.css";

type ModalDialogProps = {
  title: string;
  /** With room to write in. */
  isWide?: boolean;
  /** With all the room there is, for what is looked at. */
  isFull?: boolean;
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
  children: ReactNode;
};

export function ModalDialog({
  title,
  isWide = false,
  isFull = false,
  isOpen,
  onOpenChange,
  children,
}: ModalDialogProps) {
  return (
    <ModalOverlay className={styles.veil ?? ""} isOpen={isOpen} onOpenChange={onOpenChange} isDismissable>
      <Modal className={`${styles.modal} ${isFull ? styles.full : isWide ? styles.wide : ""}`}>
        <Dialog className={styles.dialog ?? ""}>
          <div className={styles.head}>
            <Heading slot="title">{title}</Heading>
            <IconButton label="Close" onPress={() => onOpenChange(false)}>
              <X aria-hidden />
            </IconButton>
          </div>
          <CloseDialog value={() => onOpenChange(false)}>{children}</CloseDialog>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
