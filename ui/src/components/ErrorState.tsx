import { CircleAlert, RotateCw } from "lucide-react";
import { Button } from "@/components/Button";
import styles from "./States.module.css";

type ErrorStateProps = { title: string; message: string; onRetry?: () => void };

export function ErrorState({ title, message, onRetry }: ErrorStateProps) {
  return (
    <div className={styles.state} role="alert">
      <CircleAlert className={`${styles.icon} ${styles.danger}`} aria-hidden />
      <h2>{title}</h2>
      <p>{message}</p>
      {onRetry && (
        <div className={styles.actions}>
          <Button onPress={onRetry}>
            <RotateCw aria-hidden /> Try again
          </Button>
        </div>
      )}
    </div>
  );
}
