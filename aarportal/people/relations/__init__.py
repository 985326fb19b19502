"""Who looks after whom for a time: covers, leads of grades, cases, guardians."""
