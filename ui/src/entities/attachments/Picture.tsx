import { useState } from "react";
import { Button } from "react-aria-components";
import { ModalDialog } from "@/components/ModalDialog";
import styles from "./Media.module.css";

type PictureProps = {
  src: string;
  /** What it shows, or what it is called. */
  name: string;
  /** As a stamp in a list. */
  isSmall?: boolean;
};

/** A picture that opens large. */
export function Picture({ src, name, isSmall = false }: PictureProps) {
  const [isOpen, setOpen] = useState(false);
  const [isBroken, setBroken] = useState(false);
  if (isBroken) return <span className={styles.broken}>This picture cannot be shown.</span>;
  return (
    <>
      <Button
        className={(isSmall ? styles.stamp : styles.picture) ?? ""}
        aria-label={`Open ${name}`}
        onPress={() => setOpen(true)}
      >
        <img src={src} alt={name} loading="lazy" decoding="async" onError={() => setBroken(true)} />
      </Button>
      <ModalDialog title={name} isFull isOpen={isOpen} onOpenChange={setOpen}>
        <img className={styles.large} src={src} alt={name} />
      </ModalDialog>
    </>
  );
}
