//! The example's own test, which a program keeps beside its `main`.

#![expect(dead_code, reason = "the program itself is not run here")]

#[path = "../examples/orchard/main.rs"]
mod orchard;
