//! What a request may ask at all, judged by its text before anything is expanded: fragments that multiply each other
//! would keep the library's own checks busy for ever. What a page costs is judged by the schema's complexity.

use std::collections::HashMap;

use async_graphql::parser::types::{ExecutableDocument, FragmentDefinition, Selection, SelectionSet};
use async_graphql::{ErrorExtensionValues, Name, Positioned, Request, ServerError};
use cairn_core::limits::{GRAPHQL_DEPTH_MAX, GRAPHQL_FIELDS_MAX, GRAPHQL_INTROSPECTION_LISTS_MAX};

/// Braces and fragments within each other; the library bears as many.
const LEVELS_MAX: usize = 32;
/// Lists of introspection through which one may go round.
const INTROSPECTION_LISTS: [&str; 4] = ["fields", "interfaces", "possibleTypes", "inputFields"];

/// Parses the request, which keeps the parsed form, and refuses what is too much.
pub(crate) fn check(request: &mut Request) -> Result<(), ServerError> {
    let document = request.parsed_query()?;
    let mut measure = Measure { document, fragments: HashMap::new() };
    for (_, operation) in document.operations.iter() {
        let size = measure.selection(&operation.node.selection_set.node, 0)?;
        if size.fields > GRAPHQL_FIELDS_MAX {
            return Err(too_complex(format!("a request has at most {GRAPHQL_FIELDS_MAX} fields")));
        }
        if size.depth > GRAPHQL_DEPTH_MAX {
            let message =
                format!("fields lie at most {GRAPHQL_DEPTH_MAX} deep, here they lie {} deep", size.depth);
            return Err(too_complex(message));
        }
        if size.lists > GRAPHQL_INTROSPECTION_LISTS_MAX {
            let message =
                format!("introspection goes through at most {GRAPHQL_INTROSPECTION_LISTS_MAX} lists");
            return Err(too_complex(message));
        }
    }
    Ok(())
}

#[derive(Clone, Copy, Default)]
struct Size {
    /// With all fragments written out.
    fields: usize,
    depth: usize,
    /// Lists of introspection within each other.
    lists: usize,
}

impl Size {
    fn beside(self, other: Self) -> Self {
        Self {
            fields: self.fields.saturating_add(other.fields),
            depth: self.depth.max(other.depth),
            lists: self.lists.max(other.lists),
        }
    }
}

struct Measure<'a> {
    document: &'a ExecutableDocument,
    /// Each is measured once; `None` while it is.
    fragments: HashMap<&'a Name, Option<Size>>,
}

impl<'a> Measure<'a> {
    fn selection(&mut self, set: &'a SelectionSet, level: usize) -> Result<Size, ServerError> {
        if level > LEVELS_MAX {
            return Err(too_complex(format!(
                "braces and fragments lie at most {LEVELS_MAX} within each other"
            )));
        }
        let mut size = Size::default();
        for selection in &set.items {
            size = size.beside(match &selection.node {
                Selection::Field(field) => {
                    let name = field.node.name.node.as_str();
                    let inside = self.selection(&field.node.selection_set.node, level + 1)?;
                    // Introspection has bounds of its own: its standard queries go deeper than any other.
                    let depth = if matches!(name, "__schema" | "__type") { 0 } else { inside.depth };
                    Size {
                        fields: inside.fields.saturating_add(1),
                        depth: depth + 1,
                        lists: inside.lists + usize::from(INTROSPECTION_LISTS.contains(&name)),
                    }
                }
                Selection::InlineFragment(fragment) => {
                    self.selection(&fragment.node.selection_set.node, level + 1)?
                }
                Selection::FragmentSpread(spread) => {
                    self.fragment(&spread.node.fragment_name.node, level + 1)?
                }
            });
        }
        Ok(size)
    }

    fn fragment(&mut self, name: &Name, level: usize) -> Result<Size, ServerError> {
        // What is not there is reported by the validation that follows.
        let Some((name, fragment)) = self.document.fragments.get_key_value(name) else {
            return Ok(Size::default());
        };
        let fragment: &Positioned<FragmentDefinition> = fragment;
        match self.fragments.get(name) {
            Some(Some(size)) => Ok(*size),
            Some(None) => Err(too_complex(format!("the fragment `{name}` contains itself"))),
            None => {
                self.fragments.insert(name, None);
                let size = self.selection(&fragment.node.selection_set.node, level)?;
                self.fragments.insert(name, Some(size));
                Ok(size)
            }
        }
    }
}

fn too_complex(message: String) -> ServerError {
    let mut error = ServerError::new(message, None);
    error.extensions.get_or_insert_with(ErrorExtensionValues::default).set("code", "TOO_COMPLEX");
    error
}
