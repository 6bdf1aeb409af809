import { X } from "lucide-react";
import type { ReactNode } from "react";
import { Dialog, Heading, Modal, ModalOverlay } from "react-aria-components";
import { IconButton } from "@/components/IconButton";
import styles from "./ModalDialog.module.css";

type ModalDialogProps = {
  title: string;
  /** With room to write in. */
  isWide?: boolean;
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
  children: ReactNode;
};

export function ModalDialog({ title, isWide = false, isOpen, onOpenChange, children }: ModalDialogProps) {
  return (
    <ModalOverlay className={styles.veil ?? ""} isOpen={isOpen} onOpenChange={onOpenChange} isDismissable>
      <Modal className={`${styles.modal} ${isWide ? styles.wide : ""}`}>
        <Dialog className={styles.dialog ?? ""}>
          <div className={styles.head}>
            <Heading slot="title">{title}</Heading>
            <IconButton label="Close" onPress={() => onOpenChange(false)}>
              <X aria-hidden />
            </IconButton>
          </div>
          {children}
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
