//! Blocks, places, reports, suggestions and manual entries.

#[path = "tools/blocks.rs"]
mod blocks;
#[path = "tools/entries.rs"]
mod entries;
#[path = "tools/places.rs"]
mod places;
#[path = "tools/reports.rs"]
mod reports;
#[path = "tools/suggestions.rs"]
mod suggestions;
