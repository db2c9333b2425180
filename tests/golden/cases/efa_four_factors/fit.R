# Four correlated factors of sixteen variables; two minor factors make the model wrong.
source("../../lavaan.R")
source("../../efa.R")
L <- kronecker(diag(4), c(.8, .7, .6, .5))
L[cbind(c(2, 7, 12, 13), c(2, 3, 4, 1))] <- c(.3, .25, -.2, .35)
Phi <- matrix(c(1, .5, .4, .3, .5, 1, .35, .2, .4, .35, 1, .45, .3, .2, .45, 1), 4)
minor <- cbind(.15 * sin(1:16), .15 * cos(2 * (1:16)))
R <- L %*% Phi %*% t(L) + tcrossprod(minor)
diag(R) <- 1
dimnames(R) <- list(paste0("y", 1:16), paste0("y", 1:16))
save_json(efa_case(R, 500, 4, kronecker(diag(4), rep(.7, 4))))
