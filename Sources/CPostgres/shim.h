// libpq, and what of it Swift cannot see: character macros and values behind casts.
#ifndef MUHURAT_CPOSTGRES_H
#define MUHURAT_CPOSTGRES_H

#include <libpq-fe.h>

static const int cpostgres_field_severity = PG_DIAG_SEVERITY_NONLOCALIZED;
static const int cpostgres_field_sqlstate = PG_DIAG_SQLSTATE;
static const int cpostgres_field_message = PG_DIAG_MESSAGE_PRIMARY;
static const int cpostgres_field_detail = PG_DIAG_MESSAGE_DETAIL;
static const int cpostgres_field_hint = PG_DIAG_MESSAGE_HINT;
static const int cpostgres_field_position = PG_DIAG_STATEMENT_POSITION;
static const int cpostgres_field_constraint = PG_DIAG_CONSTRAINT_NAME;
static const int cpostgres_field_table = PG_DIAG_TABLE_NAME;

#endif
