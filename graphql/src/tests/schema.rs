//! The schema is a promise: what is committed is what is served.

use expect_test::expect_file;

/// After a wanted change: `UPDATE_EXPECT=1 cargo test -p cairn-graphql`.
#[test]
fn the_committed_schema_is_the_one_that_is_served() {
    expect_file!["../../../schema.graphql"].assert_eq(&crate::sdl());
}
