-- How often which word is said decides whether PostgreSQL looks into the index or walks through what was said last; of a word that it
-- has never counted it assumes half as much as of the rarest that it has.

/*postgres: alter table search_doc alter column words set statistics 500;*/
