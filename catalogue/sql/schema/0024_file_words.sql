-- The words of files: name, title, and the text of those that hold text.  The id is the file's.

/*sqlite: create virtual table file_words using fts5(words, tokenize = 'unicode61 remove_diacritics 0');*/
/*postgres: create table file_words (rowid bigint not null primary key, words tsvector not null);
create index file_words_words on file_words using gin (words);*/
