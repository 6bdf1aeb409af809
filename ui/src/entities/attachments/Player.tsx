import styles from "./Media.module.css";

/** A sound or a film with its controls. */
export function Player({ medium, src, name }: { medium: "audio" | "video"; src: string; name: string }) {
  const attributes = { src, "aria-label": name, controls: true, preload: "metadata" };
  return medium === "audio" ? (
    <audio className={styles.audio} {...attributes} />
  ) : (
    <video className={styles.video} {...attributes} />
  );
}
