"""The course as a book to read: a static site in two languages, twin page by twin page."""
