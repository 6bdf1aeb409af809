import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { json } from "@codemirror/lang-json";
import { bracketMatching, syntaxHighlighting } from "@codemirror/language";
import { linter, lintKeymap } from "@codemirror/lint";
import { closeSearchPanel, highlightSelectionMatches, search, searchKeymap, searchPanelOpen } from "@codemirror/search";
import { Annotation, Compartment, EditorState, type Extension } from "@codemirror/state";
import {
  Decoration,
  type DecorationSet,
  EditorView,
  keymap,
  lineNumbers,
  MatchDecorator,
  ViewPlugin,
  type ViewUpdate,
} from "@codemirror/view";
import { codeColours, codeTheme } from "@/components/code/codeTheme";
import { jsonProblem } from "@/lib/jsonProblem";

// CodeMirror is large: this file is loaded when the first field for code is shown.

export type CodeLanguage = "json" | "text";

export type CodeOptions = {
  language: CodeLanguage;
  /** What of the text is set apart from the rest, such as the places that a template leaves open. */
  marked: RegExp | undefined;
  isReadOnly: boolean;
  attributes: Record<string, string>;
};

export type CodeEditor = {
  view: EditorView;
  setText: (text: string) => void;
  setOptions: (options: CodeOptions) => void;
};

type CodeEditorOptions = CodeOptions & { parent: HTMLElement; text: string; onChange: (text: string) => void };

const LINT_DELAY_MS = 300;
/** Of a text that was set from outside, which is therefore no news there. */
const isSet = Annotation.define<boolean>();

export function createCodeEditor({ parent, text, onChange, ...options }: CodeEditorOptions): CodeEditor {
  const changing = new Compartment();
  const view = new EditorView({
    parent,
    state: EditorState.create({
      doc: text,
      extensions: [
        history(),
        search({ top: true }),
        highlightSelectionMatches(),
        bracketMatching(),
        EditorView.lineWrapping,
        codeTheme,
        syntaxHighlighting(codeColours),
        // No key for Tab: it leads out of the editor, as out of every other field.
        keymap.of([...defaultKeymap, ...historyKeymap, ...searchKeymap, ...lintKeymap]),
        EditorView.updateListener.of((update) => {
          if (update.docChanged && !update.transactions.some((each) => each.annotation(isSet)))
            onChange(update.state.doc.toString());
        }),
        changing.of(extensionsOf(options)),
      ],
    }),
  });
  // The key that closes what is searched for must not close the dialog around it as well.
  parent.addEventListener(
    "keydown",
    (event) => {
      if (event.key !== "Escape" || !searchPanelOpen(view.state)) return;
      event.preventDefault();
      event.stopPropagation();
      closeSearchPanel(view);
      view.focus();
    },
    { capture: true },
  );
  return {
    view,
    setText(next) {
      const { doc } = view.state;
      if (doc.toString() === next) return;
      view.dispatch({ changes: { from: 0, to: doc.length, insert: next }, annotations: isSet.of(true) });
    },
    setOptions: (next) => view.dispatch({ effects: changing.reconfigure(extensionsOf(next)) }),
  };
}

function extensionsOf({ language, marked, isReadOnly, attributes }: CodeOptions): Extension {
  return [
    language === "json" ? [json(), lineNumbers(), linter(lintJson, { delay: LINT_DELAY_MS })] : [],
    marked ? marking(marked) : [],
    EditorState.readOnly.of(isReadOnly),
    EditorView.contentAttributes.of({ ...attributes, spellcheck: language === "json" ? "false" : "true" }),
  ];
}

function lintJson({ state }: EditorView) {
  const text = state.doc.toString();
  const problem = text.trim() === "" ? null : jsonProblem(text);
  if (!problem) return [];
  const from = Math.min(problem.at, text.trimEnd().length - 1);
  return [{ from, to: from + 1, severity: "error" as const, message: problem.message }];
}

function marking(pattern: RegExp): Extension {
  const matcher = new MatchDecorator({
    regexp: new RegExp(pattern.source, "g"),
    decoration: Decoration.mark({ tagName: "code" }),
  });
  return ViewPlugin.fromClass(
    class {
      marks: DecorationSet;
      constructor(view: EditorView) {
        this.marks = matcher.createDeco(view);
      }
      update(update: ViewUpdate) {
        this.marks = matcher.updateDeco(update, this.marks);
      }
    },
    { decorations: (plugin) => plugin.marks },
  );
}
