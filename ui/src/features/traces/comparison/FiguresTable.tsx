import { ArrowDownRight, ArrowUpRight } from "lucide-react";
import { Scrollable } from "@/components/Scrollable";
import type { Figure } from "@/features/traces/comparison/figures";
import styles from "./Comparison.module.css";

type FiguresTableProps = { label: string; figures: readonly Figure[] };

/** Figures of both sides, and how the right differs from the left. */
export function FiguresTable({ label, figures }: FiguresTableProps) {
  return (
    <Scrollable label={`${label}, scrollable`} className={styles.figures}>
      <table aria-label={label}>
        <thead>
          <tr>
            <th scope="col">{label}</th>
            <th scope="col">Left</th>
            <th scope="col">Right</th>
            <th scope="col">Difference</th>
          </tr>
        </thead>
        <tbody>
          {figures.map((figure) => (
            <tr key={figure.label}>
              <th scope="row">{figure.label}</th>
              <td>{figure.left}</td>
              <td>{figure.right}</td>
              <td>
                <Difference figure={figure} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scrollable>
  );
}

function Difference({ figure: { difference, share, verdict } }: { figure: Figure }) {
  if (difference === "") return null;
  const Arrow = difference.startsWith("+") ? ArrowUpRight : ArrowDownRight;
  return (
    <span className={styles.difference} data-verdict={verdict}>
      <span>
        {verdict !== "neither" && <Arrow aria-hidden />}
        {difference}
      </span>{" "}
      {share && <span>({share})</span>} {verdict !== "neither" && <span>{verdict}</span>}
    </span>
  );
}
